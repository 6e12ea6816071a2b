// Runs axe on what has not been read yet. Arguments: see `find_violations`. Returns [violations, places and colours that were
// read], or null where axe has to be loaded first: `run_axe()` continues then.
//
// An element's kind is its name, roles, classes, states and colours, those of all in it, and which texts and attributes are
// empty. Axe finds the same in two elements of one kind that are as wide and in elements alike: words and addresses differ.
// For the contrast of a text its own colours and the grounds of the elements around it are enough, and for a link those of the text around it.
async ([within, options, most, most_of_a_colour, least, read]) => {
  document.getAnimations().filter(one => one instanceof CSSTransition).forEach(one => one.finish());
  const hash = (text) => {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let at = 0; at < text.length; at++) {
      a = Math.imul(a ^ text.charCodeAt(at), 2654435761);
      b = Math.imul(b ^ text.charCodeAt(at), 1597334677);
    }
    return (a >>> 0).toString(36) + (b >>> 0).toString(36);
  };
  const counted = /^(class|role|type|lang|style|tabindex|aria-(?!label|controls|describedby)[a-z]+)$/;
  const refers = /^(for|aria-(controls|describedby|labelledby))$/;
  const describe = ({ name, value }) => {
    if (counted.test(name) || !value) return `${name}="${value}"`;
    return refers.test(name) ? `${name}=${value.split(" ").map(id => !!document.getElementById(id))}` : name;
  };
  const remember = (find) => {
    const found = new Map();
    return (one) => {
      if (!found.has(one)) found.set(one, find(one));
      return found.get(one);
    };
  };
  const read_style = remember((one) => {
    if (!one.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return null;
    const style = getComputedStyle(one);
    const text = [style.color, style.fontSize, style.fontWeight, style.textDecorationLine].join();
    const { backgroundColor, backgroundImage, opacity } = style;
    const ground = [backgroundColor === "rgba(0, 0, 0, 0)" ? "" : backgroundColor, backgroundImage === "none" ? "" : backgroundImage,
      opacity === "1" ? "" : opacity].join("|");
    return { text, ground: ground === "||" ? "" : ground };
  });
  const look = (one) => {
    const style = read_style(one);
    return style ? style.text + style.ground : "";
  };
  const find_surroundings = remember((one) => {
    const around = one.parentElement;
    return around ? hash([around.localName, around.role, look(around), find_surroundings(around)].join("|")) : "";
  });

  const root = within ? document.querySelector(within) : document.documentElement;
  const known = new Set(read.split("\n"));
  const kinds = new Map();
  const unknown_colours = new Map(); // colours -> the first elements with them
  const find_kind = (one, grounds) => {
    const looks = look(one);
    const parts = [one.localName, one.checked, one.disabled, looks, ...[...one.attributes].map(describe)];
    const behind = looks ? grounds + read_style(one).ground : grounds;
    const has_text = [...one.childNodes].some(child => child.nodeType === Node.TEXT_NODE && child.data.trim());
    if (looks && (has_text || one.matches("input, select, textarea")) && root.contains(one)) {
      const text_around = one.matches("a[href]") ? look(one.parentElement) : "";
      const coloured = hash([read_style(one).text, text_around, one.disabled, behind].join("|"));
      if (!known.has(coloured)) unknown_colours.set(coloured, [...(unknown_colours.get(coloured) ?? []), one]);
    }
    let size = 1;
    for (const child of one.childNodes) {
      if (child.nodeType === Node.ELEMENT_NODE) {
        const [kind, within] = find_kind(child, behind);
        parts.push(kind);
        size += within;
      } else if (child.nodeType === Node.TEXT_NODE && child.data.trim()) parts.push("…");
    }
    kinds.set(one, [hash(parts.join("|")), size]);
    return kinds.get(one);
  };
  find_kind(document.documentElement, "");

  const find_place = (one) => `${kinds.get(one)[0]} ${Math.round(one.getBoundingClientRect().width)} ${find_surroundings(one)}`;
  const colours_only = !!options.runOnly;
  if (!unknown_colours.size && (colours_only || known.has(find_place(root)))) return [[], []];
  const now = [...unknown_colours.keys()];
  const left_out = [];
  if (!colours_only) {
    for (const list of document.querySelectorAll("ul, ol, tbody")) {
      const numbers = {};
      for (const row of list.children) {
        const [kind] = kinds.get(row);
        numbers[kind] = (numbers[kind] ?? 0) + 1;
        if (numbers[kind] > most) left_out.push(row);
      }
    }
    const leave_out_known = (one) => {
      const place = find_place(one);
      if (known.has(place)) left_out.push(one);
      else {
        now.push(place);
        for (const child of one.children) if (kinds.get(child)[1] >= least) leave_out_known(child);
      }
    };
    leave_out_known(root);
  }

  window.run_axe = async () => {
    const marked = [...unknown_colours.values()].flatMap(alike => alike.slice(0, most_of_a_colour ?? alike.length));
    marked.forEach(one => one.setAttribute("data-unread-colours", ""));
    try {
      const found = await axe.run({ include: [within ?? document], exclude: left_out }, options);
      return [found.violations.map(one => [one.id, one.nodes.slice(0, 3).map(node => node.html)]), now];
    } finally {
      marked.forEach(one => one.removeAttribute("data-unread-colours"));
    }
  };
  return window.axe ? window.run_axe() : null;
}

// What this browser keeps (localStorage). Without storage, or with an invalid value in it, there is nothing.
"use strict";

const browserStore = {
  isUuid: (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text),
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  readList(key, isValid) {
    const stored = this.read(key);
    return Array.isArray(stored) ? stored.filter(isValid) : [];
  },
  // Whether it was stored: storage may be full or disabled. An empty value is removed.
  write(key, value) {
    try {
      if (Object.keys(value).length) localStorage.setItem(key, JSON.stringify(value));
      else localStorage.removeItem(key);
      return true;
    } catch {
      return false;
    }
  },
};

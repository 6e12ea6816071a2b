"""Admin class of users: invited by e-mail, with a role instead of a list of permissions, and disabled instead of deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import Group, User
from django.core.exceptions import ValidationError
from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from jobsearch.accounts.models import LoginSession
from jobsearch.accounts.personal_data import delete_account
from jobsearch.accounts.roles import ROLE_LABELS, Role, get_role, list_grantable, set_role
from jobsearch.accounts.second_step import CODE_APP, PASSKEY, RECOVERY_CODES, count_steps, remove_second_step
from jobsearch.admin_dashboard.personal_data import select_nameless_accounts
from jobsearch.saved.forms import AddressField
from jobsearch.saved.mail.mails import AddressRefused, MailServerDown

from .base import ReadOnlyAdmin, format_time
from .invitations import invite, send_invitation

admin.site.unregister(User)
admin.site.unregister(Group)

_MAX_MAILED = 20
"""Users of one action that sends each a mail: the page waits for the mail server."""
_CHOICES = [("", _("Ingen rolle")), *((role.value, ROLE_LABELS[role]) for role in Role)]


def _list_choices(actor: Any) -> list[tuple[str, Any]]:
    return [(role.value, ROLE_LABELS[role]) for role in list_grantable(actor)]


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]  # not subscriptable at run time
    """Form for a user's role, and whether the account can be used."""

    role = forms.ChoiceField(label=_("Rolle"), choices=_CHOICES, required=False)
    actor: User  # set by the admin class

    class Meta:
        model = User
        fields = ["is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = get_role(self.instance) or ""
        self.fields["role"].choices = [_CHOICES[0], *_list_choices(self.actor)]  # type: ignore[attr-defined]
        self.fields["is_active"].label = gettext("Kan logge inn")
        self.fields["is_active"].help_text = gettext("Uten dette blir brukeren logget ut overalt med en gang.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        loses = not data.get("is_active") or data.get("role") != Role.ADMINISTRATOR
        if self.instance.pk == self.actor.pk and loses:
            raise ValidationError(gettext("Du kan ikke ta fra deg selv tilgangen. Be en annen administrator om det."))
        return data


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Form that invites a user by e-mail."""

    email = AddressField(label=_("E-postadresse"), max_length=200)
    role = forms.ChoiceField(label=_("Rolle"), choices=_CHOICES[1:])
    actor: User

    class Meta:
        model = User
        fields = ["email"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = _list_choices(self.actor)  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        address: str = self.cleaned_data["email"]
        if User.objects.filter(email__iexact=address).exists():
            raise ValidationError(gettext("Det finnes allerede en bruker med denne adressen."))
        return address

    def save(self, commit: bool = True) -> User:
        user = invite(self.cleaned_data["email"], Role(self.cleaned_data["role"]))
        self.instance = user
        return user

    def save_m2m(self) -> None:
        """Nothing: the role is set by `invite`. Django admin calls this after `save`."""


class RoleFilter(admin.SimpleListFilter):
    """Filter by role."""

    title = _("rolle")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*_CHOICES[1:], ("none", _("Ingen rolle"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == "none":
            return queryset.exclude(groups__name__in=list(Role))
        if self.value() in list(Role):
            return queryset.filter(groups__name=self.value())
        return queryset


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Users of the site."""

    add_label = _("Inviter en bruker")
    delete_explanation = _("Kontoen slettes med lagrede søk, lagrede stillinger og varsler, og kan ikke hentes tilbake:")
    add_form_template = "admin/user_invite.html"
    list_display = ["who", "role", "is_active", "last_seen", "date_joined"]
    list_filter = [RoleFilter, "is_active"]
    search_fields = ["username", "email"]
    search_help_text = _("E-postadresse eller brukernavn")
    actions = ["disable", "invite_again", "remove_second_step"]
    readonly_fields = ["who", "last_seen", "date_joined", "second_step"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("auth.add_user")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("auth.change_user") and (obj is None or self._may_change(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = request.user.has_perm("auth.delete_user")
        return allowed and obj is not None and obj.pk != request.user.pk and self._may_change(request, obj)

    def has_disable_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("auth.change_user")

    @staticmethod
    def _may_change(request: HttpRequest, user: User) -> bool:
        """Only a superuser changes a superuser, and only who may give a role changes a person who has it.

        Otherwise `auth.change_user` alone would make an administrator, or disable one.
        """
        if getattr(request.user, "is_superuser", False):
            return True
        role = get_role(user)
        return not user.is_superuser and (role is None or role in list_grantable(request.user))

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        # The row of a session is deleted when the session ends; the time of the login stays.
        used = LoginSession.objects.filter(user=OuterRef("pk")).order_by().values("user").annotate(last=Max("last_seen"))
        seen = Coalesce(Subquery(used.values("last")), F("last_login"))
        rows: QuerySet[User] = super().get_queryset(request).annotate(seen=seen).prefetch_related("groups")
        return rows.exclude(pk__in=select_nameless_accounts())

    def get_ordering(self, request: HttpRequest) -> list[Any]:
        return [F("seen").desc(nulls_last=True), "-pk"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        if obj is None:
            return ["email", "role"]
        if not self.has_change_permission(request, obj):
            return ["who", "is_active", "last_seen", "date_joined", "second_step"]
        return ["who", "role", "is_active", "last_seen", "date_joined", "second_step"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = RoleForm if change else InvitationForm
        if change and not self.has_change_permission(request, obj):
            return super().get_form(request, obj, change, **kwargs)
        return type(form.__name__, (form,), {"actor": request.user})

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [*self.readonly_fields] if obj else []

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        role = form.cleaned_data["role"]
        if change:
            obj.save(update_fields=["is_active"])
            set_role(obj, Role(role) if role else None)
        else:
            self._send(request, obj)

    def get_row_title(self, row: User) -> str:
        return self.who(row)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Only the users: rows of other tables go with the account, and need no permission of their own."""
        return [str(user) for user in objs], {}, set(), []

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        """Deletes all that is stored about the user, also what is found by the address alone."""
        delete_account(obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Nothing: the role is the only relation, and `save_model` sets it."""

    @admin.display(description=_("hvem"), ordering="email")
    def who(self, user: User) -> str:
        return user.email or user.get_username()

    @admin.display(description=_("rolle"))
    def role(self, user: User) -> str:
        names = {group.name for group in user.groups.all()}
        labels = [str(ROLE_LABELS[role]) for role in Role if role.value in names]
        return ", ".join([gettext("Superbruker")] * user.is_superuser + labels) or "–"

    @admin.display(description=_("sist sett"), ordering="seen")
    def last_seen(self, user: User) -> str:
        return format_time(user.seen)  # type: ignore[attr-defined]  # annotated by `get_queryset`

    @admin.display(description=_("ekstra sikkerhet ved innlogging"))
    def second_step(self, user: User) -> str:
        steps = count_steps(user)
        passkeys = ngettext("passnøkkel", "passnøkler", steps.get(PASSKEY, 0))
        labels = {CODE_APP: gettext("kodeapp"), PASSKEY: passkeys, RECOVERY_CODES: gettext("reservekoder")}
        return ", ".join(labels[kind] for kind in steps) or "–"

    @admin.action(description=_("Steng kontoen"), permissions=["disable"])
    def disable(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Disables the selected accounts, but not the user's own, and none that the user may not change."""
        found = list(self._list_others(request, queryset).filter(is_active=True))
        User.objects.filter(pk__in=[user.pk for user in found]).update(is_active=False)
        for user in found:
            self.log_change(request, user, gettext("Stengt"))
        self.message_user(request, gettext("Stengte kontoer: %(n)s.") % {"n": len(found)}, messages.SUCCESS)

    @admin.action(description=_("Send invitasjonen på nytt"), permissions=["disable"])
    def invite_again(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """Sends the invitation again to people who have not logged in yet."""
        waiting = queryset.filter(last_login=None, is_active=True).exclude(Q(email="") | Q(pk=request.user.pk))
        for user in waiting[:_MAX_MAILED]:
            self._send(request, user)

    @admin.action(description=_("Fjern ekstra sikkerhet ved innlogging"), permissions=["disable"])
    def remove_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Removes code app, passkeys and recovery codes of users who have lost them, after a confirmation."""
        users = list(self._list_others(request, queryset)[:_MAX_MAILED])
        if "confirmed" not in request.POST:
            context = {
                **self.admin_site.each_context(request),
                "title": gettext("Fjerne ekstra sikkerhet ved innlogging?"),
                "users": users,
                "opts": self.opts,
            }
            return TemplateResponse(request, "admin/second_step_remove.html", context)
        changed = [user for user in users if remove_second_step(user)]
        for user in changed:
            self.log_change(request, user, gettext("Ekstra sikkerhet ved innlogging fjernet"))
        message = gettext("Brukere som nå logger inn uten ekstra sikkerhet: %(n)s.")
        self.message_user(request, message % {"n": len(changed)}, messages.SUCCESS)
        return None

    @staticmethod
    def _list_others(request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        """Those among the selected users that the user may change, without the user's own account."""
        others = queryset.exclude(pk=int(request.user.pk or 0))  # never None: the admin is for staff only
        if getattr(request.user, "is_superuser", False):
            return others
        higher = set(Role) - set(list_grantable(request.user))
        return others.exclude(is_superuser=True).exclude(groups__name__in=higher)

    def _send(self, request: HttpRequest, user: User) -> None:
        try:
            send_invitation(user, get_role(user))
        except (AddressRefused, MailServerDown):
            self.message_user(
                request,
                gettext("Kontoen finnes, men e-postserveren tok ikke imot invitasjonen. Send den på nytt fra listen."),
                messages.ERROR,
            )
        else:
            self.message_user(request, gettext("Invitasjonen er sendt."), messages.SUCCESS)

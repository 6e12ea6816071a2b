"""Sharing of saved searches: a secret link that can be revoked, and colleagues who are invited by mail and accept."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import transaction

from jobsearch.saved.mail.links import INVITATION_DAYS

from .mail import limits, mails, recipients
from .models import SavedSearch, SearchInvitation, SearchShare

PERMISSION = "saved.invite_colleagues"
MAX_INVITATIONS = 20  # of one search

User = AbstractBaseUser | AnonymousUser


class InvitationRefused(Exception):
    """The invitation may not be sent."""


class TooManyInvitations(InvitationRefused):
    """The search has as many invitations as it may have, or the limits of mails are reached."""


class AlreadyInvited(InvitationRefused):
    """The address has an invitation to this search, or is the owner's."""


def share_by_link(saved: SavedSearch) -> SearchShare:
    """The link of a search, made if it has none."""
    return SearchShare.objects.get_or_create(search=saved)[0]


def revoke_link(saved: SavedSearch) -> None:
    """Revokes the link of a search. A later link has another address."""
    SearchShare.objects.filter(search=saved).delete()


def invite(saved: SavedSearch, inviter: str, address: str, sender: str | None) -> None:
    """Sends an invitation to a colleague. `inviter`: the owner's confirmed address, which the mail names.

    Raises InvitationRefused, AddressRefused and MailServerDown; nothing is left of the invitation then.
    """
    with transaction.atomic():
        SavedSearch.objects.select_for_update().get(pk=saved.pk)
        if address == inviter or saved.invitations.filter(address=address).exists():
            raise AlreadyInvited
        if saved.invitations.count() >= MAX_INVITATIONS:
            raise TooManyInvitations
        invitation = SearchInvitation.objects.create(search=saved, address=address)
    over, counted = limits.count_request(address, sender)
    if over != limits.Limit.NONE:
        invitation.delete()
        raise TooManyInvitations
    try:
        mails.send_now(mails.build_invitation(address, invitation.pk, inviter))
    except (mails.AddressRefused, mails.MailServerDown):
        invitation.delete()
        counted.delete()
        raise


def accept(invitation: SearchInvitation, user: User) -> bool:
    """Puts the search on the user's list. False where the invitation is for another address, or has been accepted by another."""
    if recipients.get_address(user) != invitation.address or invitation.search.owner_id == user.pk:
        return False
    if SearchInvitation.objects.filter(search=invitation.search, colleague_id=user.pk).exists():
        return True
    return bool(SearchInvitation.objects.filter(pk=invitation.pk, colleague=None).update(colleague_id=user.pk))


def delete_old_invitations(now: dt.datetime) -> int:
    """Deletes the invitations whose link has expired before they were accepted."""
    expired = SearchInvitation.objects.filter(colleague=None, created__lte=now - dt.timedelta(days=INVITATION_DAYS))
    return expired.delete()[0]

"""The targets of the settings, ready to be given something."""
from __future__ import annotations

from collections.abc import Sequence

from agents.outlets.notify.messenger import Messenger
from agents.outlets.notify.targets import WebhookTarget, load_targets
from agents.outlets.notify.webhook import Webhook
from agents.settings import Settings, variable
from schemas.errors import SettingsError

Outlet = Messenger | Webhook


def outlets_of(settings: Settings) -> Sequence[Outlet]:
    """One for each target of the file that the settings name.

    Raises:
        SettingsError: they name none, or something in it is wrong: each mistake on a line with file, entry and remedy.
    """
    if settings.outlets is None:
        raise SettingsError(f"{variable('outlets')} is not set: it names the file that says who is sent what; see docs/notifications.md")
    found: list[Outlet] = []
    wrong: list[str] = []
    for target in load_targets(settings.outlets):
        try:
            found.append(Webhook(target) if isinstance(target, WebhookTarget) else Messenger(target))
        except SettingsError as error:
            wrong.append(f"{settings.outlets}: {error}")
    if wrong:
        raise SettingsError("\n".join(wrong))
    return found

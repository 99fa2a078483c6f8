"""What an extraction process may meet. A module of its own, small, because the processes import it."""
from __future__ import annotations

import os
import signal
import time

from pipeline.clean import Cleaned, Rejection
from schemas.articles import RawArticle
from schemas.errors import Unreadable

DONE = Cleaned((), Rejection.NOT_BOTH_SIDES)


def read(raw: RawArticle) -> Cleaned:
    """Behave as the article's body says."""
    match raw.body:
        case "never ends":
            time.sleep(600)
        case "kills its process":
            os.kill(os.getpid(), signal.SIGKILL)
        case "is unreadable":
            raise Unreadable("no letters")
    return DONE

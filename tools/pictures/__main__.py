"""Takes pictures of every page and dialog, in both color schemes and three widths, into `.local/pictures/`."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import closing

from botocore.exceptions import BotoCoreError, ClientError
from playwright.sync_api import Browser, Error, expect, sync_playwright

from inventory.errors import InventoryError
from tests.support.browser.browsing import TIMEOUT_MILLISECONDS, Browsing, Display, launch, sign_in
from tests.support.deployed.manager import Manager
from tools.console import run_and_exit
from tools.local import Stack, local_aws
from tools.local.errors import LocalAwsError
from tools.local.ports import free_port
from tools.local.processes.environment import forget_account_of_caller
from tools.local.processes.interruption import interrupt_on_termination
from tools.local.processes.temporary import temporary_directory
from tools.local.settings import PROJECT
from tools.pictures import readme, reference
from tools.pictures.camera import (
    DISPLAYS,
    DRAWN_MILLISECONDS,
    SCHEMES,
    NotShown,
    administrator,
    close_dialog,
    photograph,
    show,
    wider_than_shown,
)
from tools.pictures.pages import DIALOGS, PAGES, SIGN_IN
from tools.pictures.shop import COUNTING, await_figures, fill
from tools.progress import Progress, timed
from tools.rebuild.rebuilding import RebuildFailed

PICTURES = PROJECT / ".local" / "pictures"
FAILURES = (LocalAwsError, InventoryError, RebuildFailed, BotoCoreError, ClientError, Error, OSError)
NOT_SHOWN = (NotShown, AssertionError, TimeoutError)


def main(arguments: Sequence[str] | None = None) -> int:
    """Take all pictures on a local AWS of their own.

    Returns:
        0 after the last picture, 1 after an error, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.pictures", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="only those of README.md, into docs/images/")
    only_readme: bool = parser.parse_args(arguments).readme
    forget_account_of_caller()
    interrupt_on_termination()
    expect.set_options(timeout=TIMEOUT_MILLISECONDS)
    try:
        with (
            temporary_directory(PROJECT / ".local" / "pictures-aws") as directory,
            local_aws(free_port(), directory, timed, page=True) as stack,
            sync_playwright() as playwright,
            closing(launch(playwright)) as browser,
        ):
            print("Filling the shop …", flush=True)
            with Progress() as progress:
                fill(stack, progress)
            print(readme.take_all(browser, stack) if only_readme else _take_all(browser, stack))
    except (*FAILURES, *NOT_SHOWN) as error:
        print(str(error).partition("\nCall log:")[0], file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        return 130
    return 0


def _take_all(browser: Browser, stack: Stack) -> str:
    """Take the pictures on all displays. The result is the last sentence of the command."""
    wide: list[str] = []
    manager = Manager(stack)
    for scheme in SCHEMES:  # first: meanwhile the sales become old enough to be counted
        with timed(f"Taking pictures of the API's reference, {scheme}"):
            wide += reference.take(browser, stack, scheme, PICTURES)
    with timed(COUNTING):
        await_figures(stack)
    for display in DISPLAYS:
        with timed(f"Taking pictures at {display.width_px} px, {display.color_scheme}"):
            wide += _take(browser, manager, display)
    sideways = "".join(f"  {sentence}\n" for sentence in wide) or "  Nothing scrolls sideways.\n"
    count = len(DISPLAYS) * (len((SIGN_IN, *PAGES, *DIALOGS)) + 1)
    return f"{sideways}{count} pictures are in {PICTURES.relative_to(PROJECT)}/. Look at them."


def _take(browser: Browser, manager: Manager, display: Display) -> list[str]:
    admin = administrator(manager.stack)
    wide = []
    with closing(Browsing(browser, manager.stack.outputs["AdminUiUrl"])) as browsing:
        page = browsing.new_page(display=display)
        page.set_default_timeout(DRAWN_MILLISECONDS)
        for shown in (SIGN_IN, *PAGES, *DIALOGS):
            show(page, shown, manager)
            name = f"{shown.name}-{display.width_px}-{display.color_scheme}"
            photograph(page, PICTURES / f"{name}.png", whole=not shown.is_dialog)
            wide += [f"{name}: {part}" for part in wider_than_shown(page)]
            if shown.is_dialog:
                close_dialog(page)
            if shown is SIGN_IN:
                sign_in(page, admin)
    return wide


if __name__ == "__main__":
    run_and_exit(main)

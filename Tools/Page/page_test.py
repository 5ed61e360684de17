"""Opens the daemon's page in headless Chromium, while it trains on the sample of MNIST.

    page_test.py TOOLS [SCREENSHOTS]

TOOLS is the folder of `lopt-daemon` and `dataprep`. Prints what was checked and the folder of the screenshots (a new
one in the temporary folder, where none is given); stops with an error at the first check that fails. Exit code 77:
there is no Chromium.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pictures
from browser import Browser

repository = Path(__file__).resolve().parents[2]
sys.path.append(str(Path(__file__).resolve().parents[1] / "Service"))
from daemon import Daemon  # noqa: E402  A module of that folder.

policy = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
text = "document.getElementById('{}').textContent"
curve = "document.querySelector('.plot .line')?.getAttribute('d')"


def check(is_right, what, *details):
    if not is_right:
        raise AssertionError(" ".join([what, *map(str, details)]))
    print(f"page: {what}", flush=True)


def page_daemon(tools, folder, **http):
    """lopt-daemon on the data sets of `folder`, in steps so small that all that the page shows is there soon."""
    return Daemon(
        tools,
        folder,
        {
            "datasets": [str(folder / "mnist14"), str(folder / "pictures14")],
            "problem": [{"name": "mlp2x32"}, {"name": "conv3x4@14"}],
            "threads": os.cpu_count(),
            "http": http,
            "snapshot": {"every_seconds": 5},
            "evaluation": {"every": 50, "tasks": 2, "steps": 50},
            "outer": {"pairs": 2, "curriculum": {"from": 2, "to": 40, "over": 1000}},
            "inner": {"batch": 4, "life": {"from": 10, "to": 100}},
        },
    )


def build(tools, source, place, dataset, *options):
    """A data set of 14×14 images."""
    subprocess.run(
        [
            tools / "dataprep",
            "build",
            "shards",
            "--source",
            source,
            "--input",
            place,
            "--size",
            "14",
            "--output",
            dataset,
            *options,
        ],
        check=True,
        stderr=subprocess.DEVNULL,
    )


def looks(browser, screenshots, name):
    """Screenshots on a desktop and a phone, light and dark, with the layout checked at 360 px."""
    for scheme in ("light", "dark"):
        for size, width, height in (("desktop", 1280, 900), ("phone", 360, 780)):
            browser.size(width, height, is_phone=size == "phone", scheme=scheme)
            across = browser.evaluate("document.documentElement.scrollWidth")
            if size == "phone":
                check(across <= width, f"no horizontal scroll at {width} px ({name}, {scheme})", across)
            browser.screenshot(screenshots / f"{name}-{size}-{scheme}.png")
    browser.size(1280, 900)


def live(browser, daemon, screenshots):
    _, headers, _ = daemon.ask("/")
    check(headers["Content-Security-Policy"] == policy, "the policy is sent", headers)
    browser.size(1280, 900)
    browser.send("Page.navigate", url=daemon.address)
    browser.wait(curve, "a curve of the outer-loss")
    browser.wait(f"/^[0-9,]+$/.test({text.format('outerIteration')})", "an outer-iteration")
    check(browser.evaluate(text.format("state")).startswith("Training"), "it says that it trains")
    before, iteration = browser.evaluate(curve), browser.evaluate(text.format("outerIteration"))
    browser.wait(f"{curve} !== {json.dumps(before)}", "the curve has changed", 15)
    check(browser.evaluate(text.format("outerIteration")) != iteration, "curve and outer-iteration move")
    browser.wait("document.querySelector('.plot .line.adam') !== null", "the evaluation, with Adam's line", 60)
    browser.wait("document.querySelectorAll('tbody tr').length >= 2", "two snapshots", 30)
    check(True, "evaluation and snapshots are shown")
    roles = "[...document.querySelectorAll('#roles a')].map((each) => [each.textContent, each.download])"
    browser.wait(f"{roles}.length === 3", "links to the best, the newest average and the newest θ", 60)
    for words, file in browser.evaluate(roles):
        kinds = {"best": "average-", "newest average": "average-", "newest θ": "theta-"}
        check(file.startswith(kinds[words]), f"{words} is {file}")
    titles = "[...document.querySelectorAll('h3')].map((each) => each.textContent)"
    browser.wait(f"{titles}.includes('Evaluation on outer-validation')", "the title of the evaluation", 30)
    for title in ("Outer-loss of mlp2x32", "Outer-loss of conv3x4@14", "Evaluation of conv3x4@14 on outer-validation"):
        browser.wait(f"{titles}.includes({json.dumps(title)})", f"a plot of its own, {title}", 30)
    values = "[...document.querySelectorAll('.when')].every((each) => each.textContent)"
    browser.wait(values, "values in every plot", 60)
    check(
        not any(each.startswith("Evaluation of mlp2x32") for each in browser.evaluate(titles)),
        "each problem has plots of its own; one without classes for outer-validation has no evaluation",
    )

    middle = browser.evaluate(
        "(() => { const box = document.querySelector('.plot').getBoundingClientRect();"
        "return [box.left + box.width / 2, box.top + box.height / 2]; })()"
    )
    browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=middle[0], y=middle[1])
    when = browser.wait(
        "(() => { const all = [...document.querySelectorAll('.when')].map((each) => each.textContent);"
        "return all[0].startsWith('outer-iteration') && all; })()",
        "the values under the pointer",
    )
    check(
        all(re.match(r"outer-iteration [\d,]+, .*\d\d:\d\d:\d\d$", each) for each in when),
        "the pointer reads the values of every plot",
        when,
    )
    browser.send("Input.dispatchMouseEvent", type="mouseMoved", x=1, y=1)
    labels = "[...document.querySelectorAll('.plot text[text-anchor=middle]')].map((each) => each.textContent)"
    times = browser.evaluate(labels)
    browser.evaluate("document.querySelector('input[value=iteration]').click()")
    numbers = browser.evaluate(labels)
    check(
        times
        and all(":" in each for each in times)
        and numbers
        and all(re.fullmatch(r"[\d,]+", each) for each in numbers),
        "the horizontal axis can be the outer-iteration",
        times,
        numbers,
    )
    browser.evaluate("document.querySelector('input[value=time]').click()")
    looks(browser, screenshots, "training")
    check(not browser.complaints(), "nothing in the console", browser.complaints())


def hidden(browser):
    """A tab that nobody sees asks for nothing."""
    other = browser.send("Target.createTarget", url="about:blank")["targetId"]
    browser.send("Target.activateTarget", targetId=other)
    browser.wait("document.hidden", "the tab is hidden")
    browser.rest(1)
    begin = len(browser.events)
    browser.rest(5)
    asked = browser.named("Network.requestWillBeSent", begin)
    check(not asked, "a hidden tab asks for nothing", asked)
    browser.send("Target.closeTarget", targetId=other)
    browser.send("Target.activateTarget", targetId=browser.target)
    browser.wait("!document.hidden", "the tab is seen again")
    begin = len(browser.events)
    browser.rest(5)
    check(len(browser.named("Network.requestWillBeSent", begin)) >= 2, "and asks again once it is seen")


def outage(browser, daemon, screenshots):
    begin = len(browser.events)
    daemon.stop()
    browser.wait(f"{text.format('failure')}.includes('No answer since')", "word of the outage")
    looks(browser, screenshots, "no-answer")
    daemon.start()
    browser.wait("document.getElementById('failure').hidden", "the outage is over")
    check(browser.evaluate(text.format("state")).startswith("Training"), "an outage is said, and when it is over")
    others = [
        each
        for each in browser.complaints(begin)
        if "ERR_CONNECTION_REFUSED" not in each
        and "ERR_EMPTY_RESPONSE" not in each
        and "ERR_CONNECTION_RESET" not in each
    ]
    check(not others, "nothing else in the console", others)


def secured(browser, daemon, screenshots, token):
    """The page of a daemon with a token: the prompt, and a download."""
    begin = len(browser.events)
    submit = "document.getElementById('token').value = {};document.querySelector('#tokenForm button').click()"
    browser.send("Page.navigate", url=daemon.address)
    browser.wait("document.getElementById('authentication')?.hidden === false", "the question for the token")
    check(browser.evaluate("document.activeElement.id") == "token", "it asks for the token")
    looks(browser, screenshots, "token")
    browser.evaluate(submit.format("'not-the-token'"))
    browser.wait(f"{text.format('tokenError')} !== ''", "a wrong token is refused")
    browser.evaluate(submit.format(json.dumps(token)))
    browser.wait(curve, "the curve, with the token")
    browser.send("Page.reload")
    browser.rest(1)
    browser.wait(curve, "the curve after a reload, without another question")
    check(True, "the right token opens it, for as long as the tab lives")

    downloads = Path(tempfile.mkdtemp(prefix="lopt-page-downloads-"))
    browser.send("Page.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
    browser.wait("document.querySelector('tbody a') !== null", "a snapshot's link")
    name = browser.evaluate(
        "(() => { const link = document.querySelector('tbody a'); link.click();return link.textContent; })()"
    )
    deadline = time.monotonic() + 20
    while not (downloads / name).exists():
        check(time.monotonic() < deadline, f"{name} is downloaded") if time.monotonic() > deadline else None
        browser.rest(0.2)
    daemon.headers = {"Authorization": f"Bearer {token}"}
    records = daemon.json("/v1/snapshots")["snapshots"]
    expected = next(each["sha256"] for each in records if each["name"] == name)
    check(
        hashlib.sha256((downloads / name).read_bytes()).hexdigest() == expected,
        "a download has the bytes of its record",
    )
    shutil.rmtree(downloads)

    others = [each for each in browser.complaints(begin) if "status of 401" not in each]
    check(not others, "nothing but the 401s in the console", others)


def main(tools, screenshots):
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if not executable:
        print("page: NOT RUN: there is no Chromium; install Debian's package chromium", file=sys.stderr)
        return 77
    folder = Path(tempfile.mkdtemp(prefix="lopt-page-"))
    browser = daemon = None
    try:
        mnist = repository / "Examples/mnist"
        pictures.write(mnist, folder / "pictures")
        build(tools, "mnist", mnist, folder / "mnist14")
        build(
            tools, "folder", folder / "pictures", folder / "pictures14", "--held-out", "0", "--outer-validation", "10"
        )
        daemon = page_daemon(tools, folder)
        daemon.start()
        browser = Browser(executable)
        live(browser, daemon, screenshots)
        hidden(browser)
        outage(browser, daemon, screenshots)
        daemon.stop()
        token = "a-token-of-the-test-0123456789abcdef"
        (folder / "token").write_text(token + "\n")
        (folder / "token").chmod(0o600)
        addresses = {daemon.address}
        daemon = page_daemon(tools, folder, token_file=str(folder / "token"))
        daemon.start()
        secured(browser, daemon, screenshots, token)
        addresses.add(daemon.address)
        foreign = {
            each["request"]["url"]
            for each in browser.named("Network.requestWillBeSent")
            if not each["request"]["url"].startswith((*addresses, "data:image/", f"blob:{daemon.address}"))
        }
        check(not foreign, "no request leaves for another place", foreign)
    finally:
        if browser:
            browser.close()
        if daemon:
            daemon.stop()
        shutil.rmtree(folder)
    print(f"page: screenshots are in {screenshots}")
    return 0


if __name__ == "__main__":
    place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp(prefix="lopt-page-screenshots-"))
    place.mkdir(parents=True, exist_ok=True)
    sys.exit(main(Path(sys.argv[1]).resolve(), place))

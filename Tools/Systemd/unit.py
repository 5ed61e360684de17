"""A unit in a container, as `systemctl` shows it."""

import time


class Unit:
    def __init__(self, container, name):
        self.container = container
        self.name = name

    def __getattr__(self, key):
        """A property such as MainPID."""
        shown = self.container.run("systemctl", "show", "--value", f"--property={key}", self.name)
        return shown.stdout.strip()

    def systemctl(self, verb, check=True):
        return self.container.run("systemctl", verb, self.name, check=check)

    def journal(self):
        """The messages of systemd about the unit and of the unit, oldest first."""
        return self.container.run("journalctl", "--no-pager", "--output=cat", f"--unit={self.name}").stdout

    def wait(self, what, condition, seconds=60):
        """Waits until the condition holds, asked twice a second."""
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.name}: not within {seconds} s: {what}")
            time.sleep(0.5)

    def wait_for_restart(self, process, seconds=60):
        """Waits until the unit is active with another main process than `process`."""
        self.wait("a restart", lambda: self.ActiveState == "active" and self.MainPID not in ("0", process), seconds)

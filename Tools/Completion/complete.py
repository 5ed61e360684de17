"""Types lines into a real shell, presses the tab key at the end of each, and prints what the shell made of it.

    complete.py SHELL PROGRAM SCRIPT FOLDER LINE…

SHELL is bash, zsh or fish, SCRIPT what `PROGRAM --generate-completion-script SHELL` printed. The shell runs in FOLDER
with a terminal of its own. PROGRAM is not run: a function of its name prints its arguments.
"""

import os
import pty
import select
import signal
import sys
import time

shell, program, script, folder, lines = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], sys.argv[5:]
# What is typed contains "$end", which only what is printed has expanded.
SETUP = {
    "bash": [
        "bind 'set bell-style none'; bind 'set enable-bracketed-paste off'; PS1='> '; end=END",
        f'{program}() {{ echo "[$*]$end"; }}',
        f"source '{script}'",
    ],
    "zsh": [
        "PS1='> '; unsetopt prompt_sp prompt_cr zle_bracketed_paste 2>/dev/null; end=END",
        "unset zle_bracketed_paste; setopt no_beep no_list_ambiguous; zstyle ':completion:*' menu no",
        f'{program}() {{ print -r -- "[$*]$end"; }}',
        f"fpath=('{os.path.dirname(script)}' $fpath); autoload -U compinit; compinit -u -D",
        f"autoload -U _{program}; compdef _{program} {program}",
    ],
    "fish": [
        "function fish_prompt; echo '> '; end; function fish_greeting; end; set -g end END",
        f'function {program}; echo "[$argv]$end"; end',
        f"source '{script}'",
    ],
}
COMMAND = {"bash": ["bash", "--norc", "--noprofile", "-i"], "zsh": ["zsh", "-f", "-i"], "fish": ["fish", "--no-config"]}

child, terminal = pty.fork()
if child == 0:
    os.chdir(folder)
    os.environ.update(
        TERM="dumb", HOME=folder, LC_ALL="C.UTF-8", HISTFILE="/dev/null", XDG_CONFIG_HOME=folder + "/.config"
    )
    os.execvp(COMMAND[shell][0], COMMAND[shell])


def read(until, seconds=20):
    """What is printed up to a text; what there is after the time."""
    text, end = "", time.monotonic() + seconds
    while until not in text and time.monotonic() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                text += os.read(terminal, 65536).decode(errors="replace")
            except OSError:
                break
    return text


def quiet(silence=0.7, seconds=20):
    """Waits until nothing has been printed for a while, at least once that."""
    end, last = time.monotonic() + seconds, time.monotonic()
    while time.monotonic() < min(end, last + silence):
        if select.select([terminal], [], [], 0.1)[0]:
            os.read(terminal, 65536)
            last = time.monotonic()


def send(text):
    os.write(terminal, text.encode())


try:
    time.sleep(0.5)
    for command in SETUP[shell]:
        send(f"{command}\r")
    send('echo "ready$end"\r')
    read("readyEND")
    for line in lines:
        send(line)
        quiet()
        send("\t")
        quiet()
        send("\r")
        answer = read("]END")
        start = answer.rfind("[", 0, answer.find("]END") + 1)
        print(answer[start + 1 : answer.find("]END")] if "]END" in answer else f"nothing: {answer!r}", flush=True)
finally:
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

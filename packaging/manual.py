#!/usr/bin/env python3
"""Writes man pages from what the commands say of themselves: manual.py FOLDER-OF-BINARIES VERSION OUTPUT-FOLDER

Each command gets a page, `lopt fetch` the page lopt-fetch(1). What stands in manual/NAME.roff beside this script is
added to the page NAME, and manual/common.roff to every page.
"""

import json
import pathlib
import re
import subprocess
import sys

SECTIONS = {"lopt": 1, "dataprep": 1, "lopt-daemon": 8}
HERE = pathlib.Path(__file__).parent / "manual"


def escaped(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def spellings(argument):
    """The names of an option with its value: -h, --help; --output folder."""
    names = [
        ("-" if n["kind"] == "short" else "--" if n["kind"] == "long" else "-") + n["name"]
        for n in argument.get("names", [])
    ]
    text = ", ".join(f"\\fB{escaped(name)}\\fR" for name in names)
    return text + (f" \\fI{escaped(argument['valueName'])}\\fR" if argument["kind"] == "option" else "")


def synopsis(path, command):
    words = [f"\\fB{escaped(' '.join(path))}\\fR"]
    for argument in shown(command):
        repeated = " …" if argument["isRepeating"] else ""
        if argument["kind"] == "positional":
            word = f"\\fI{escaped(argument['valueName'])}\\fR{repeated}"
            words.append(f"[{word}]" if argument["isOptional"] else word)
        elif not argument["isOptional"]:
            words.append(spellings(argument) + repeated)
    if any(a["kind"] != "positional" and a["isOptional"] for a in shown(command)):
        words.insert(1, "[\\fIoptions\\fR]")
    if subcommands(command):
        words.append("\\fIsubcommand\\fR")
    return " ".join(words)


def shown(command):
    return [a for a in command.get("arguments", []) if a["shouldDisplay"]]


def subcommands(command):
    return [c for c in command.get("subcommands", []) if c["commandName"] != "help" and c.get("shouldDisplay", True)]


def described(argument):
    text = argument.get("abstract", "")
    if argument.get("discussion"):
        text += " " + argument["discussion"]
    if argument.get("allValues") and argument["kind"] != "flag":
        text += " Values: " + ", ".join(argument["allValues"]) + "."
    if argument.get("defaultValue") not in (None, ""):
        text += f" Default: {argument['defaultValue']}."
    return escaped(" ".join(text.split()))


def paragraphs(discussion):
    """Text as paragraphs, indented lines as they are, and a line `Example:` as a section."""
    lines, verbatim, joined = [], False, False
    for line in discussion.split("\n"):
        indented = line.startswith("  ") and line.strip()
        if re.fullmatch(r"Examples?:", line.strip()):
            if verbatim:
                lines.append(".fi\n.RE")
            lines.append(".SH EXAMPLES")
            verbatim = joined = False
            continue
        if indented and not verbatim:
            lines.append(".PP\n.RS 4\n.nf")
        elif verbatim and not indented:
            lines.append(".fi\n.RE")
        verbatim = bool(indented)
        if line.strip():
            if not indented and not joined:
                lines.append(".PP")
            lines.append(escaped(line[2:] if indented else line))
        joined = bool(line.strip()) and not indented
    if verbatim:
        lines.append(".fi\n.RE")
    return lines


def leaves(path, command):
    """The pages below a command that has subcommands."""
    for child in subcommands(command):
        if subcommands(child):
            yield from leaves(path + [child["commandName"]], child)
        else:
            yield path + [child["commandName"]], child


def page(path, command, section, version, others):
    name = "-".join(path)
    lines = [
        f'.TH "{name.upper()}" {section} "" "lopt {version}" "lopt"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(command.get('abstract', '').rstrip('.'))}",
        ".SH SYNOPSIS",
        synopsis(path, command),
    ]
    text, *examples = re.split(r"^(?=Examples?:$)", command.get("discussion", ""), maxsplit=1, flags=re.M)
    lines += [".SH DESCRIPTION", escaped(command.get("abstract", ""))] + paragraphs(text.rstrip())
    below = list(leaves(path, command))
    if below:
        lines.append(".SH SUBCOMMANDS")
        for child_path, child in below:
            lines += [".TP", f"\\fB{escaped(' '.join(child_path[1:]))}\\fR", escaped(child.get("abstract", ""))]
    groups = {}
    for argument in shown(command):
        title = "ARGUMENTS" if argument["kind"] == "positional" else argument.get("sectionTitle", "Options").upper()
        groups.setdefault(title, []).append(argument)
    for title in sorted(groups, key=lambda title: (title != "ARGUMENTS", title == "OPTIONS")):
        lines.append(f".SH {escaped(title)}")
        for argument in groups[title]:
            term = (
                f"\\fI{escaped(argument['valueName'])}\\fR" if argument["kind"] == "positional" else spellings(argument)
            )
            lines += [".TP", term, described(argument)]
    lines += [line for part in examples for line in paragraphs(part)]
    for extra in (HERE / f"{name}.roff", HERE / "common.roff"):
        if extra.exists():
            lines.append(extra.read_text().rstrip("\n"))
    lines += [
        ".SH SEE ALSO",
        ",\n".join(f"\\fB{escaped(n)}\\fR({s})" for n, s in sorted(set(others) - {(name, section)})),
    ]
    return "\n".join(lines) + "\n"


def main(binaries, version, output):
    pages = []
    for tool, section in SECTIONS.items():
        dump = subprocess.run(
            [f"{binaries}/{tool}", "--experimental-dump-help"], check=True, capture_output=True
        ).stdout
        command = json.loads(dump)["command"]
        pages.append(([tool], command, section))
        pages += [(path, child, section) for path, child in leaves([tool], command)]
    for path, command, section in pages:
        others = list(SECTIONS.items())
        others += [("-".join(p), s) for p, _, s in pages if len(path) == 1 and p[0] == path[0]]
        folder = pathlib.Path(output) / f"man{section}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{'-'.join(path)}.{section}").write_text(page(path, command, section, version, others))


if __name__ == "__main__":
    main(*sys.argv[1:])

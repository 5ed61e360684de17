"""Says how the C of the repository is compiled, for clangd and other tools.

    compile_commands.py            writes compile_commands.json in the repository's top folder
    compile_commands.py --check    compiles every header alone, those of the kernels for each instruction set

The flags are those of SwiftPM; a file that belongs to no target of the package has the include folders of all. Headers
have commands of their own, so that a tool need not guess which file's flags they take.
"""

import json
import pathlib
import platform
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FLAGS = ["clang", "-O2", "-DSWIFT_PACKAGE=1", "-fblocks", "-fPIC"]
# What compiles a kernel's header for an instruction set, as the file of that name in Sources/CKernels does.
INSTRUCTION_SETS = [[], ["-DLOPT_X86_64_V3", "-march=x86-64-v3"], ["-DLOPT_X86_64_V4", "-march=x86-64-v4"]]


def c_files():
    names = subprocess.run([ROOT / "Tools/lint/files", "*.c", "*.h"], cwd=ROOT, check=True, capture_output=True).stdout
    return sorted(ROOT / name.decode() for name in names.split(b"\0") if name)


def command(file, include_folders):
    """The words of the command that compiles `file`, of a target if one of the folders above it has an `include`."""
    own = [folder / "include" for folder in file.parents if folder / "include" in include_folders]
    language = ["-x", "c"] if file.suffix == ".h" else []
    return [*FLAGS, *(f"-I{folder}" for folder in own or include_folders), *language, "-fsyntax-only", str(file)]


def main():
    files = c_files()
    include_folders = sorted({file.parent for file in files if file.parent.name == "include"})
    commands = {file: command(file, include_folders) for file in files}
    if sys.argv[1:] == ["--check"]:
        sys.exit(check({file: words for file, words in commands.items() if file.suffix == ".h"}))
    if sys.argv[1:]:
        sys.exit(__doc__)
    entries = [{"directory": str(ROOT), "file": str(file), "arguments": words} for file, words in commands.items()]
    (ROOT / "compile_commands.json").write_text(json.dumps(entries, indent=2) + "\n")


def check(commands):
    """Compiles each file for every instruction set it knows; returns 1 where one of them does not compile, else 0."""
    result = 0
    for file, words in commands.items():
        has_sets = "CKernels" in file.parts and platform.machine() == "x86_64"
        for options in INSTRUCTION_SETS if has_sets else [[]]:
            if subprocess.run([*words, *options, "-Werror"]).returncode != 0:
                print(f"{file.relative_to(ROOT)}: does not compile alone: {' '.join(options)}", file=sys.stderr)
                result = 1
    return result


if __name__ == "__main__":
    main()

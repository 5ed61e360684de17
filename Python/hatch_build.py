"""What a wheel of lopt has beside the Python: the trained θs and, where they are given, the engine's kernels."""

import os
import sysconfig
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BuildHook(BuildHookInterface):
    """Puts the library that the variable LOPT_LIBRARY names into a wheel, as ``lopt/liblopt.so``.

    Such a wheel is of one platform, ``py3-none-linux_x86_64``; without the library it is ``py3-none-any``. No wheel is
    made without θs.
    """

    def initialize(self, version, build_data):
        thetas = Path(self.root, "src", "lopt", "thetas")
        if not any(thetas.glob("*.safetensors")):
            raise FileNotFoundError(
                f"{thetas}: has no θ to ship; build in a checkout of the repository, or of an sdist"
            )
        library = os.environ.get("LOPT_LIBRARY")
        if self.target_name != "wheel" or version == "editable" or not library:
            return
        if not Path(library).is_file():
            raise FileNotFoundError(f"{library}: there is no such library; LOPT_LIBRARY must name a liblopt.so")
        build_data["force_include"][library] = "lopt/liblopt.so"
        build_data["pure_python"] = False
        build_data["tag"] = f"py3-none-{sysconfig.get_platform().replace('-', '_').replace('.', '_')}"

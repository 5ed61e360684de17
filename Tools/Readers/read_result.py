"""Prints the tensors of a safetensors file as JSON: for each its shape and values."""

import json
import sys

from safetensors.numpy import load_file

tensors = load_file(sys.argv[1])
print(json.dumps({name: {"shape": list(t.shape), "values": t.ravel().tolist()} for name, t in tensors.items()}))

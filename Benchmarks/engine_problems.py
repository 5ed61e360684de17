"""The inner problems that the engine is compared on, by their names."""

# Height, channels of the images; widths of the layers, and strides of the convolutions.
PROBLEMS = {
    "mlp2x32": (14, 1, [32, 32], None),
    "mlp3x128": (14, 1, [128, 128, 128], None),
    "conv3x32": (32, 3, [32, 32, 32], [2, 2, 1]),
    "conv3x128": (32, 3, [128, 128, 128], [2, 2, 1]),
    "conv3x32-mnist": (28, 1, [32, 32, 32], [2, 2, 1]),
    "conv6x32-mnist": (28, 1, [32] * 6, [2, 1, 2, 1, 1, 1]),
    "conv3x8@16": (16, 3, [8, 8, 8], [2, 2, 1]),
}

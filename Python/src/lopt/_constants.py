"""The numbers of the update that every form of it has."""

#: What is added to the mean square of an input, by whose root it is divided.
NORMALIZATION_EPSILON = 1e-5
#: What is added to the second moments in the inputs that divide by their roots.
INVERSE_RMS_EPSILON = 1e-6
#: What is added to the mean square of a tensor's parameters, by whose root an update is scaled.
SCALE_EPSILON = 1e-9
#: The number of parameters whose squares are added in single precision, and their sums then in double precision: as the
#: engine does, so that of huge gradients the same sums overflow.
BLOCK = 1_024

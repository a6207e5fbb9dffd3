"""The demonstration extract as other systems export it: one module a system, all with the same records."""

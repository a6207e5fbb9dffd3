"""Independent second programs: values and results recomputed from the raw files by another route."""

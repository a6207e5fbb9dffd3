from hypothesis import settings

# The same examples in every run and on every machine; time limits would depend on the machine.
settings.register_profile("deterministic", derandomize=True, deadline=None, database=None)
settings.load_profile("deterministic")

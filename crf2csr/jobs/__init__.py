"""One job of the workflow: read its inputs, make one call, write its outputs. One module a stage, run by the script
of that name."""

"""The checks as the clean stage knows them; readers and `derive` share the registry and the query row."""

from crf2csr.checks import CHECKS, Check, query, summarize

__all__ = ["CHECKS", "Check", "query", "summarize"]

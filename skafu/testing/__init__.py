"""A kit for tests of a domain: what its projections have to hold."""

from skafu.testing.converging import converges as converges

# The hub's programs. Included by the Makefile.

hub:

.PHONY: hub

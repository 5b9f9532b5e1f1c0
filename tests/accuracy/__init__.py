"""How often the form reader is right, in doubt or wrong, by the fault of a document and its layout: `make accuracy`."""

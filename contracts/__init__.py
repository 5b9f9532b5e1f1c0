"""The declared statutory form and everything that is derived from it.

`contracts/form/*.yml` says what the form is; :mod:`contracts.form` reads it; all other modules derive.
Nothing in this package imports `pipelines` or `flows`.
"""

"""All that is declared, read before anything else is.

A process that reads documents or addresses reads the declarations when it needs them, and would take a mistake in one
for a fault of the document or the server.
"""

from contracts.claims import claim_rules
from contracts.form import form
from contracts.jurisdictions import jurisdictions, names_as_printed
from contracts.regions import regions, successions
from contracts.rules import elsewhere, rules
from pipelines.fetch.dialects import dialects


def load_declarations() -> None:
    """Read every declaration; what is read stays read.

    Raises:
        DeclarationError: one cannot be used; the message names its file and key.
    """
    for read in (form, claim_rules, rules, elsewhere, regions, successions, jurisdictions, names_as_printed, dialects):
        read()

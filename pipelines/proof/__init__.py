"""Which cell of a table that contradicts itself is wrong: ranked explanations, and what the printed page says.

Nothing here changes a figure: what is found stands beside the figures, as data.
"""

from pipelines.proof.localise import Localisation, localise
from pipelines.proof.problem import Change, Explanation, Problem, SoftEquation

__all__ = ["Change", "Explanation", "Localisation", "Problem", "SoftEquation", "localise"]

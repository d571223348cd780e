"""Every layout of a register file that is understood."""

from anchor_spend.registers import (
    authorities,
    charities,
    companies,
    groups,
    health,
    industries,
    links,
    places,
    schools,
)
from anchor_spend.registers.layout import Layout

LAYOUTS: tuple[Layout, ...] = (
    *places.LAYOUTS,
    *companies.LAYOUTS,
    *charities.LAYOUTS,
    *authorities.LAYOUTS,
    *health.LAYOUTS,
    *schools.LAYOUTS,
    *industries.LAYOUTS,
    *links.LAYOUTS,
    *groups.LAYOUTS,
)

"""All tables of the page: to import this is to know what performs each of their columns."""

from tests.access import (
    columns_acts,
    columns_administration,
    columns_cases,
    columns_people,
    columns_trace,
)

TABLES = (columns_acts, columns_administration, columns_cases, columns_people, columns_trace)

"""The shipped content at work: the demo office plays its cases over the services."""

from tests.court import case as case
from tests.court import court_databases as court_databases
from tests.court import databases as databases
from tests.court import pages as pages
from tests.court import settled_databases as settled_databases
from tests.processes.office import open_office as open_office

"""What all measurements share: the protocol, data sets, sites and reports."""

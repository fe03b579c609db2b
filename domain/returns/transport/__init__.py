"""How the goods travel: labels, visits, scans."""

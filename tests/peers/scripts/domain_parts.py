"""Splits each name with `tldextract`, by the list that the package ships, its ICANN section."""

import json
import sys

import tldextract

split = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

for line in sys.stdin:
    found = split(json.loads(line))
    name = found.top_domain_under_public_suffix
    # Where no suffix is known, the last label counts as the name.
    print(json.dumps([name, found.suffix, found.subdomain]))

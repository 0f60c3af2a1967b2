"""Writes a zip whose bytes follow from its files alone: in the order given, with one time and one mode each.

usage: zip.py ARCHIVE NAME=FILE...      LICENSE and what ends in .md are texts, all else is a program
"""

import os
import sys
import time
import zipfile

archive, *files = sys.argv[1:]
# Zip has no times before 1980.
moment = time.gmtime(max(int(os.environ["SOURCE_DATE_EPOCH"]), 315532800))[:6]
with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
    for file in files:
        name, path = file.split("=", 1)
        entry = zipfile.ZipInfo(name, moment)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3
        entry.external_attr = (0o100644 if name == "LICENSE" or name.endswith(".md") else 0o100755) << 16
        with open(path, "rb") as source:
            out.writestr(entry, source.read())

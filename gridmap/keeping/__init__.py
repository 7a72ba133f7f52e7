"""Keep a store: is it whole, copies that can be trusted, everything in open formats.

integrity     what must hold inside any store, and what is derived worked out anew
surroundings  the disk a store lies on, and what lies about in its folder
doctor        both together, and mending what can be mended
backups       one file that holds a whole store, made while it is served, and put back
dumps         every table in an open format, and back
following     the threads that make snapshots, and that show the newest
formats       the open formats: GeoParquet, CSV, GeoPackage
"""

"""`make containers`: the image and every service of docker-compose.yml, for real.

Without a registry of images: podman, and base images made from Debian's packages. What
such stand-ins cannot show stands in docs/operators.md.
"""

"""Whether an administration was moved in the package: asked, judged, stored, told."""

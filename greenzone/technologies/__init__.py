"""The technologies: each a folder with the same face, `Options` and `estimate(sites, layers, options) -> Potential`."""

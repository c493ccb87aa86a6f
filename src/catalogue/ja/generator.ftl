# generator

"""A large estate with finished moves, for benchmarks and rehearsals."""

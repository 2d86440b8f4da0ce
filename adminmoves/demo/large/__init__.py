"""A large estate with finished moves, made as the owner: to measure and to rehearse."""

"""What people prefer: pairs of samples judged by eye and ear, and what follows from the judgements."""

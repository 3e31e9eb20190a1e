"""What the proofs of the receiver share: the process, senders, what is stored, and how a proof is told."""

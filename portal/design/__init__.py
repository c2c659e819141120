"""The page on which every part of the portal's design is seen in every state."""

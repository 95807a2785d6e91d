"""The one door to what is embargoed: recommendations, decisions, scores, jurors. Every function takes the viewer and the time."""

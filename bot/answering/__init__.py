"""The decision: answer, suggest, abstain or small talk."""

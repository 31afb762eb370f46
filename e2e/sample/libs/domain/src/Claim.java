package acme.domain;

public record Claim(int id, String veteran) {
  public String label() {
    return "claim " + id + " of " + veteran;
  }
}

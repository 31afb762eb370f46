package acme;

import acme.domain.Claim;

public class Main {
  public static void main(String[] args) {
    System.out.println(new Claim(7, "A. Smith").label());
  }
}

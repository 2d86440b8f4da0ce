// Enter in a picker searches, which has happened by then; it never sends the form.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches(".picker input[type=search]")) {
    event.preventDefault();
  }
});

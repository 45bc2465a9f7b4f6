package dev.expandcontract.testing;

/** A template whose name is not its class's. */
record NamedTemplate(String name, Template filling) implements Template {
    @Override
    public void fill(TestDatabase database) throws Exception {
        filling.fill(database);
    }
}
